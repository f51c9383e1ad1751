from . import collection_ledger_xlsx
