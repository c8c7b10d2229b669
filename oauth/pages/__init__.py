"""What an admin sees in the browser: the install page, the success page, and one page for all that may fail.

Without JavaScript and without anything from elsewhere. Only the first request for a page imports this.
"""
