"""Areas, rooms, files: models/<area>/<room>/<model>.py; CONTRIBUTING.md says how to place a new one.

A file is named after the model that its class defines or extends. A second file of a model in a
room carries one of these concerns; `make lint` knows the list, and that a method of a model
stands once per room.
"""

# `base` first, then the areas in the order in which they depend on each other.
from . import base
from . import credit
from . import collection
from . import receivable
from . import insight

# concern: content of such a file
CONCERNS = {
    "apply": "what a decided run does to cases",
    "assign": "whose case it is",
    "check": "from facts to the verdict",
    "code": "the code that a signer is asked for",
    "create": "how records come about",
    "decision": "who decides what, before it is done",
    "entry": "journal entries",
    "figures": "computed amounts",
    "flow": "buttons, decisions, what follows from them",
    "form": "fields of a printed form",
    "gate": "enforcement: what raises",
    "import": "rows of a file",
    "inputs": "where the numbers of a figure come from",
    "mail": "e-mail and its answers",
    "order": "the share of orders",
    "outcome": "kept or broken",
    "portal": "what the customer sees and does",
    "process": "batches, locks, progress",
    "proposal": "what is proposed before people decide",
    "rank": "order of importance",
    "release": "application for release and its use",
    "salesperson": "whose customer it is",
    "schedule": "instalments, plans, and their days",
    "send": "sending, once",
    "signature": "the customer's signature",
    "sql": "queries",
    "template": "versions to start from",
    "version": "versions, approval, what they change",
    "worklist": "what is to do today",
}
