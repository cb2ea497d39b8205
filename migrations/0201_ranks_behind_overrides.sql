-- While a rank is given by hand, what figures had given before is kept: it was promised through its own day, and is held
-- again when what was given by hand ends before that.

alter table ranks.standing add column earned_tier text;
alter table ranks.standing add column earned_until date;
alter table ranks.standing add constraint earned_behind_an_override check (
    (earned_tier is null or override_tier is not null) and (earned_until is null or earned_tier is not null)
);
comment on column ranks.standing.earned_tier is
    'While a rank is given by hand: what figures had given before it or since, kept through earned_until.';
comment on column ranks.standing.permanent_tier is
    'The highest permanent tier that was ever reached: never below it again. What is given by hand reaches none.';
