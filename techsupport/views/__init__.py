from techsupport.views.incidents import close, confirm, dismiss, incidents, restore, tell
from techsupport.views.works import announce, cancel_works, works

__all__ = ["announce", "cancel_works", "close", "confirm", "dismiss", "incidents", "restore", "tell", "works"]
