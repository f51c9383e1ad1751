from . import collection_sheet, dataset, portal
