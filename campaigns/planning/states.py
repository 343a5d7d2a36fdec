"""A campaign's states and the ways between them, and who may hold its row.

draft ──► submitted ──► approved ──► scheduled ──► running ◄─► paused
  ▲           │             │            │            │          │
  └───────────┴─────────────┴────────────┘            └──────────┴──► done
  any change voids the approval                        cancelled, from everywhere before done
"""

from typing import Final, Literal, cast, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Campaign

State = Literal[
    "draft", "submitted", "approved", "scheduled", "running", "paused", "done", "cancelled"
]
STATES: Final = cast("tuple[State, ...]", get_args(State))
TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    "draft": frozenset({"submitted", "cancelled"}),
    "submitted": frozenset({"draft", "approved", "cancelled"}),
    "approved": frozenset({"draft", "scheduled", "cancelled"}),
    "scheduled": frozenset({"draft", "running", "cancelled"}),
    "running": frozenset({"paused", "done", "cancelled"}),
    "paused": frozenset({"running", "done", "cancelled"}),
    "done": frozenset(),
    "cancelled": frozenset(),
}
EDITABLE: Final[frozenset[State]] = frozenset({"draft", "submitted", "approved", "scheduled"})
# Any number: the advisory lock of a line's campaigns is this plus the line's id.
LOCK: Final = 7_205_200_000


class PlanRefused(Exception):
    """What was asked of a campaign cannot be done. `reason` is a message id of the staff catalog, for
    which `values` are. They never hold somebody's number.
    """

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def locked(session: Session, campaign_id: int) -> Campaign:
    """The campaign's row, locked until the transaction ends. Raises PlanRefused."""
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if campaign is None:
        raise PlanRefused("plan.unknown")
    return campaign


def editable(session: Session, campaign_id: int) -> Campaign:
    """The same, of a campaign that may still be changed. Raises PlanRefused."""
    campaign = locked(session, campaign_id)
    if campaign.state not in EDITABLE:
        raise PlanRefused("plan.not_now")
    return campaign


def steered(session: Session, campaign_id: int) -> Campaign:
    """The campaign's row, once nobody else expands, steers or closes one of its line."""
    line_id = session.scalar(select(Campaign.line_id).where(Campaign.id == campaign_id))
    if line_id is not None:
        only_one(session, line_id)
    return locked(session, campaign_id)


def only_one(session: Session, line_id: int) -> None:
    """One transaction at a time expands, steers or closes a line's campaigns, and none while somebody
    says stop: whoever stopped is either seen as stopped or found in the ledger.
    """
    session.execute(select(func.pg_advisory_xact_lock(LOCK + line_id)))


def stopping(session: Session, line_id: int) -> None:
    """The other side of `only_one`: any number of people may say stop at once."""
    session.execute(select(func.pg_advisory_xact_lock_shared(LOCK + line_id)))


def move(campaign: Campaign, state: State) -> None:
    """Along one of the ways there are. Raises PlanRefused."""
    if state not in TRANSITIONS[cast("State", campaign.state)]:
        raise PlanRefused("plan.not_now")
    campaign.state = state


def void(session: Session, campaign: Campaign) -> None:
    """Something of it was changed: it is a draft again, and nobody has approved it."""
    campaign.state = "draft"
    campaign.content_hash = campaign.submitted_by = campaign.approved_by = None
    session.flush()
