from . import controllers, engine, models, wizard
