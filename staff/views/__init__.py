from staff.views.home import home
from staff.views.notices import bell, notices, open_notice, see_notices
from staff.views.people import reset_sign_in
from staff.views.presence import presence
from staff.views.security import sign_out_elsewhere
from staff.views.settings import settings

__all__ = [
    "bell",
    "home",
    "notices",
    "open_notice",
    "presence",
    "reset_sign_in",
    "see_notices",
    "settings",
    "sign_out_elsewhere",
]
