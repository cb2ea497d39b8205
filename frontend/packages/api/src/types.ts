// The shapes that travel between the pages and the server, by the names the pages use. They are generated from the
// server's own description (`npm run types`), so a change there that a page does not follow is a compile error here.
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Demo = Schemas["DemoPage"];
export type DemoLogin = Schemas["DemoLoginShape"];

export type StoreRef = Schemas["StoreRef"];
export type Lot = Schemas["Expiring"];
export type Balance = Schemas["BalanceShape"];
export type Standing = Schemas["StandingShape"];
export type PendingPoints = Schemas["PendingShape"];
export type HeldPoints = Schemas["HeldShape"];
export type IdentifierShown = Schemas["IdentifierShown"];
export type CustomerBrief = Schemas["CustomerBrief"];
export type CustomerSearch = Schemas["SearchResult"];
export type Customer = Schemas["CustomerShape"];

export type CardShown = Schemas["CardShape"];
export type CardList = Schemas["CardList"];
export type MyCards = Schemas["MyCards"];
export type NewCard = Schemas["NewCard"];
export type EndedCardFound = Schemas["EndedCardFound"];

export type Entry = Schemas["EntryShape"];
export type PurchaseBrief = Schemas["PurchaseBrief"];
export type PurchaseDetail = Schemas["PurchaseDetail"];
export type PurchaseLine = Schemas["LineShape"];
export type PurchaseReturn = Schemas["ReturnShape"];
export type ReturnEffect = Schemas["ReturnEffect"];
export type ReturnDone = Schemas["ReturnDone"];
export type StoreList = Schemas["StoreList"];
export type ClaimEffect = Schemas["ClaimEffect"];
export type ReceiptProof = Schemas["ReceiptProof"];
export type FoundReceipt = Schemas["FoundReceipt"];
export type FoundReceipts = Schemas["FoundReceipts"];
export type ReturnPolicyTold = Schemas["ReturnPolicyShape"];
export type GoodsByHand = Schemas["GoodsByHand"];
export type MyTransfers = Schemas["MyTransfers"];
export type MyTransfer = Schemas["MyTransfer"];
export type TransferShown = Schemas["TransferShown"];
export type PurchaseItem = Schemas["PurchaseItem"];
export type EntryItem = Schemas["EntryItem"];
export type TimelineItem = PurchaseItem | EntryItem;
export type Timeline = Schemas["TimelineShape"];
export type Channel = PurchaseBrief["channel"];
export type Explanation = Schemas["Explanation"];

export type Home = Schemas["Home"];
export type DayFigures = Schemas["DayShape"];
export type Program = Schemas["ProgramPage"];
export type ProgramVersion = Schemas["ProgramVersionShape"];
export type AuditEvent = Schemas["AuditEvent"];
export type AuditLog = Schemas["AuditPage"];
export type Books = Schemas["BooksPage"];
export type BooksStatement = Schemas["StatementShape"];
export type BooksCohort = Schemas["CohortShape"];
export type BooksClose = Schemas["CloseShape"];
export type BooksSettings = Schemas["SettingsShape"];
export type BooksSettingsVersion = Schemas["SettingsVersionShape"];
export type BooksSettlement = Schemas["SettlementShape"];
export type CustomerPoints = Schemas["CustomerPoints"];
export type PointsRequest = Schemas["RequestShape"];
export type PointsRequests = Schemas["RequestsPage"];
export type PointsEffect = Schemas["EffectShape"];
export type PointsReason = Schemas["ReasonRef"];
export type Adjusting = Schemas["AdjustingPage"];
export type AdjustmentEffect = Schemas["AdjustmentEffect"];
export type AdjustmentDone = Schemas["AdjustmentDone"];
export type FreezeDone = Schemas["FreezeDone"];
export type ReinstatementDone = Schemas["ReinstatementDone"];
export type DecisionDone = Schemas["DecisionDone"];
export type PointsLimits = Schemas["LimitsPage"];
export type RoleLimit = Schemas["RoleLimit"];
export type PointsReasonSetting = Schemas["ReasonShape"];
export type PointsLimitChange = Schemas["ChangeShape"];
export type Expiring = Schemas["ExpiringPage"];
export type ExpiringDay = Schemas["ExpiringDayShape"];
export type OfflineSpends = Schemas["OfflinePage"];
export type Overspends = Schemas["OverspendsPage"];
export type TransferTerms = Schemas["TransferPage"];
export type TransferEffect = Schemas["TransferEffect"];
export type Family = Schemas["FamilyShape"];
export type CounterCustomer = Schemas["CounterCustomer"];
