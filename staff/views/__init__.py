from staff.views.home import home
from staff.views.people import reset_sign_in
from staff.views.presence import presence
from staff.views.security import sign_out_elsewhere
from staff.views.settings import settings

__all__ = ["home", "presence", "reset_sign_in", "settings", "sign_out_elsewhere"]
