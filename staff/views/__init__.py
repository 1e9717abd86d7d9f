from staff.views.home import home
from staff.views.presence import presence

__all__ = ["home", "presence"]
