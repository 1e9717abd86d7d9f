from staff.access import permission
from staff.models import Role

READ = permission("billing.read", Role.ACCOUNTANT)
SUSPEND = permission("billing.suspend", Role.ACCOUNTANT)
POST = permission("billing.post", Role.ACCOUNTANT)
# A second person agrees to what is above the accountant's own limit.
CONFIRM = permission("billing.confirm", Role.SUPERVISOR)
SEE_QUESTIONS = permission("billing.see_questions", Role.ACCOUNTANT, Role.SUPERVISOR)
# Whoever is held by the limits does not set them.
CONFIGURE = permission("billing.configure", Role.SUPERVISOR)
AUDIT = permission("billing.audit", Role.SUPERVISOR)
REPORT = permission("billing.report", Role.ACCOUNTANT, Role.SUPERVISOR)
