"""Who a request comes from, and with which token it is answered."""
