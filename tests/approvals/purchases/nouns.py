"""What is ordinary, and who decides."""

from __future__ import annotations

from homeroom.code_tables import titles
from homeroom.files.attachments import attachments
from homeroom.nouns import ordinary
from homeroom.recipients import holders_of
from homeroom_approvals import RequestState, flow, step
from purchases.pricing import set_price
from purchases.tables import Purchase, PurchaseQuote, PurchaseState

PURCHASE = ordinary(
    Purchase, "purchases.purchase", run_by=("teacher", "registrar"), read_by=("principal", "admin"), nobody="things",
    verbs={"change": "Change a purchase.", "remove": "Remove a purchase."},
)  # fmt: skip
QUOTES = attachments(PurchaseQuote, "purchases.quote", to=PURCHASE, name="quotes", most=3)
SPENDING = flow(
    Purchase,
    "purchases.spending",
    titles("Spending", "支出", "支出", "Chi tiêu"),
    step("head", titles("Head", "校長", "校长", "Hiệu trưởng"), holders_of("principal"), days=3,
         escalates_to=holders_of("registrar")),
    step("board", titles("Board", "校董會", "董事会", "Hội đồng"), holders_of("admin"), from_amount=5000),
    state=Purchase.state,
    states={
        RequestState.PENDING: PurchaseState.ASKED,
        RequestState.APPROVED: PurchaseState.GRANTED,
        RequestState.REFUSED: PurchaseState.REFUSED,
        RequestState.WITHDRAWN: PurchaseState.DROPPED,
        RequestState.EXPIRED: PurchaseState.DROPPED,
    },
    seen=(PurchaseQuote.purchase_id,),
    amount=Purchase.amount,
    expires_days=20,
)  # fmt: skip
PRICING = flow(
    Purchase,
    "purchases.pricing",
    titles("Correction of a price", "更正價錢", "更正价格", "Sửa giá"),
    (
        step("head", titles("Head", "校長", "校长", "Hiệu trưởng"), holders_of("principal")),
        step("office", titles("Office", "校務處", "教务处", "Văn phòng"), holders_of("registrar")),
    ),
    proposes=set_price,
    asked_by=("teacher",),
    relation="pricings",
)
NOUNS = (QUOTES, SPENDING, PRICING)
