from . import credit_order_stop
