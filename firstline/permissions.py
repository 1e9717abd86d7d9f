from staff.access import permission
from staff.models import Role

OPEN_CARD = permission("firstline.open_card", Role.SUPPORT, Role.SUPERVISOR)
ANSWER = permission("firstline.answer", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR)
CALL_BACK = permission("firstline.call_back", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR)
SEE_PEOPLE = permission("firstline.see_people", Role.LEAD, Role.SUPERVISOR)
LEAD = permission("firstline.lead", Role.LEAD)  # the way to her people in the bar; a supervisor goes by the overview
