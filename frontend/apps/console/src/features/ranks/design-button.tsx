// The help in designing a ladder, beside whatever form edits one.
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { DesignPanel } from "./design-panel.tsx";
import type { Ladder } from "./ladder.ts";

export function DesignButton({ ladder, onTake }: { ladder: Ladder; onTake: (ladder: Ladder) => void }): ReactElement {
  const { t } = useTexts();
  const [opened, drawer] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="ladder" size={16} />} onClick={drawer.open}>
        {t("ranks.design")}
      </Button>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        position="right"
        size="min(56rem, 100%)"
        title={t("design.title")}
        closeButtonProps={{ "aria-label": t("common:close") }}
        padding="lg"
      >
        <DesignPanel
          ladder={ladder}
          onTake={(changed) => {
            onTake(changed);
            drawer.close();
          }}
        />
      </Drawer>
    </>
  );
}
