"""What Enishi claims to be fast at, measured against what it is compared with, product and peer by turns in one run."""
