-- What a close freezes besides the movement table: the key figures of the month, each with its definition, and who pays
-- whom between stores.

create table accounting.figure_definitions (
    figure text primary key check (figure ~ '^[a-z0-9_]{1,40}$'),
    position smallint not null unique,
    unit text not null check (unit in ('people', 'receipts', 'yen', 'points', 'percent')),
    name_ja text not null check (name_ja <> ''),
    name_en text not null check (name_en <> ''),
    definition_ja text not null check (definition_ja <> ''),
    definition_en text not null check (definition_en <> '')
);
comment on table accounting.figure_definitions is
    'What the figures of a month say. A definition never changes: a figure that is worked out otherwise is another figure.';

insert into accounting.figure_definitions
(figure, position, unit, name_ja, name_en, definition_ja, definition_en) values
(
    'members', 1, 'people', '会員数', 'Members',
    '月末までに入会した顧客の数。退会・統合で減らしません。',
    'Customers who had joined by the end of the month. Nobody is taken off for leaving or being merged.'
),
(
    'new_members', 2, 'people', '新規会員数', 'New members',
    '当月に入会した顧客の数。', 'Customers who joined in the month.'
),
(
    'active_members', 3, 'people', '利用会員数', 'Active members',
    '当月のレシートに1回以上載った顧客の数。', 'Customers who were on at least one receipt of the month.'
),
(
    'purchases', 4, 'receipts', '購買件数', 'Purchases',
    '当月のレシートの枚数。返品があっても減らしません。', 'Receipts of the month. Returns take none off.'
),
(
    'member_purchases', 5, 'receipts', 'うち会員の購買件数', 'Purchases of members',
    '購買件数のうち、購買の時点で顧客が分かっていたもの。', 'Of the purchases, those whose customer was known when they were made.'
),
(
    'sales_yen', 6, 'yen', '売上高', 'Sales',
    '当月のレシートの合計（税込、ポイント利用前、返品控除前）。',
    'Total of the receipts of the month, with tax, before points are used and returns are taken off.'
),
(
    'member_sales_yen', 7, 'yen', 'うち会員の売上高', 'Sales to members',
    '売上高のうち、購買の時点で顧客が分かっていたもの。', 'Of the sales, those whose customer was known when they were made.'
),
(
    'member_share', 8, 'percent', '会員売上比率', 'Share of members',
    '会員の売上高 ÷ 売上高。', 'Sales to members ÷ sales.'
),
(
    'average_basket_yen', 9, 'yen', '客単価', 'Average basket',
    '売上高 ÷ 購買件数（四捨五入）。', 'Sales ÷ purchases, rounded half up.'
),
(
    'member_average_basket_yen', 10, 'yen', '会員客単価', 'Average basket of members',
    '会員の売上高 ÷ 会員の購買件数（四捨五入）。', 'Sales to members ÷ purchases of members, rounded half up.'
),
(
    'returns', 11, 'receipts', '返品件数', 'Returns',
    '当月の返品の件数。', 'Returns of the month.'
),
(
    'refund_yen', 12, 'yen', '返金額', 'Refunds',
    '当月の返品の合計（税込）。', 'Total of the returns of the month, with tax.'
),
(
    'points_issued', 13, 'points', '付与ポイント', 'Points issued',
    '当月の帳簿に計上した付与。返品による取消を差し引いています。',
    'Points given that the books of the month took in, less those that returns took back.'
),
(
    'points_used', 14, 'points', '利用ポイント', 'Points used',
    '当月の帳簿に計上した利用。返品による戻しを差し引いています。',
    'Points used that the books of the month took in, less those that returns gave back.'
),
(
    'points_expired', 15, 'points', '失効ポイント', 'Points expired',
    '当月の帳簿に計上した失効。', 'Points past their last day that the books of the month took in.'
),
(
    'use_rate', 16, 'percent', 'ポイント利用率', 'Use rate',
    '利用ポイント ÷ 付与ポイント（どちらも当月の帳簿）。', 'Points used ÷ points issued, both of the books of the month.'
),
(
    'points_outstanding', 17, 'points', 'ポイント残高', 'Points outstanding',
    '月末の未使用ポイント。仮押さえ中を含み、不足分を差し引いています。',
    'Points not used yet at the end of the month, those on hold included, less those owed.'
),
(
    'points_pending', 18, 'points', '仮ポイント残高', 'Points pending',
    '月末までの購買で付いた仮ポイントのうち、締めの時点でまだ確定していないもの。帳簿には含みません。',
    'Points of purchases of the month or earlier that were still pending at the close. They are not in the books.'
),
(
    'contract_liability_yen', 19, 'yen', '契約負債', 'Contract liability',
    '購買で付いたポイントについて月末に負っている額。', 'What is owed at the end of the month for points that came with purchases.'
),
(
    'provision_yen', 20, 'yen', 'ポイント引当金', 'Provision',
    '購買によらずに付いたポイントについて月末に見込む額。',
    'What is expected at the end of the month to be used of points that came without a purchase.'
);

create table accounting.figures (
    month date not null references accounting.closes,
    figure text not null references accounting.figure_definitions,
    value numeric(20, 1) not null,
    primary key (month, figure)
);
comment on table accounting.figures is 'The key figures of closed months, as they were at the close.';
comment on column accounting.figures.value is 'Percent with one digit, everything else whole.';

alter table accounting.closes add column settled boolean not null default false;
comment on column accounting.closes.settled is
    'Whether settlements holds who pays whom; closes made before it did are worked out from their movements.';

create table accounting.settlements (
    month date not null references accounting.closes,
    debtor text not null,
    creditor text not null check (creditor <> debtor),
    debtor_points bigint not null,
    creditor_points bigint not null,
    debtor_yen bigint not null,
    creditor_yen bigint not null check (creditor_yen <= debtor_yen),
    primary key (month, debtor, creditor)
);
comment on table accounting.settlements is
    'What two stores owe each other for a month: the debtor pays debtor_yen less creditor_yen. Empty is head office.';
comment on column accounting.settlements.debtor_points is
    'Issued by the debtor and used at the creditor; creditor_points the other way round.';

create trigger figure_definitions_stay before update or delete or truncate on accounting.figure_definitions
for each statement execute function accounting.refuse_change();
create trigger figures_are_append_only before update or delete or truncate on accounting.figures
for each statement execute function accounting.refuse_change();
create trigger settlements_are_append_only before update or delete or truncate on accounting.settlements
for each statement execute function accounting.refuse_change();

grant select on accounting.figure_definitions to enishi_app;
grant select, insert on accounting.figures, accounting.settlements to enishi_app;
