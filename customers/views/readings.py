from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from common.http import render_page
from customers import permissions, queries
from staff.access import StaffRequest, needs
from staff.models import User

PER_PAGE = 50


@require_safe
@needs(permissions.PERSONAL_DATA)
def readings(request: StaffRequest) -> HttpResponse:
    """Who opened whose card: `?who=&day=&account=` narrow it."""
    who, account = request.GET.get("who", "")[:20], request.GET.get("account", "").strip()[:20]
    try:
        day = parse_date(request.GET.get("day", "")[:10])
    except ValueError:
        day = None
    found = queries.readings(who=int(who) if who.isascii() and who.isdecimal() else None, day=day, account=account)
    chosen = {"who": who, "day": day.isoformat() if day else "", "account": account}
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "people": User.objects.filter(pk__in=queries.readers()).order_by("last_name", "first_name"),
        "chosen": chosen,
        "is_narrowed": any(chosen.values()),
    }
    return render_page(request, "customers/readings.html", context, parts=("rows",))
