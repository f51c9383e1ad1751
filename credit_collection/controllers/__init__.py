from . import collection_sheet, credit_application, dataset, portal, receivable_confirmation
