"""The supervisor's editor: scripts, nodes of a draft, publishing, trying out, where walks fail, files."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import changes
from common.errors import DomainError, into_form
from guidance import actions, facts, permissions, queries, tree
from guidance.actions.scripts import draft_of, stamp
from guidance.compare import differences
from guidance.forms import FileForm, NodeForm, ScriptForm
from guidance.models import Script, ScriptVersion
from guidance.models.walk import Leaf
from guidance.problems import said
from staff.access import StaffRequest, needs

PAGE = "guidance/script.html"
SHOWN = 20
PERIODS = (7, 30, 90, 365)


def _script(pk: int) -> Script:
    return get_object_or_404(Script.objects.select_related("published"), pk=pk)


@require_safe
@needs(permissions.EDIT)
def scripts(request: StaffRequest) -> HttpResponse:
    """All scripts, in use or not."""
    rows = Script.objects.select_related("published").prefetch_related("topics").order_by("-is_active", "title_ru")
    return render(request, "guidance/scripts.html", {"scripts": rows})


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def script(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A script: its nodes beside a form for one; its name and topics; versions."""
    known = _script(pk) if pk else None
    form = ScriptForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_script(by=request.user, script=known, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("guidance:script", pk=saved.pk)
    return _page(request, known, form=form, status=422 if form.errors else 200)


def _page(request: StaffRequest, known: Script | None, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"script": known, "form": more.pop("form", None) or ScriptForm(instance=known)}
    if known is not None:
        raw = draft_of(known)
        chosen = more.pop("node", None) or request.GET.get("node", "")
        nodes = raw["nodes"]
        problems: dict[str, list[str]] = {}
        for problem in tree.check(raw, facts=facts.answers()) if nodes else ():
            problems.setdefault(problem.node, []).append(said(problem))
        initial = (
            NodeForm.initial_of(chosen, nodes[chosen]) if chosen in nodes else {"key": chosen, "who": "first_line"}
        )
        context |= {
            "nodes": [(node, problems.get(node.key, [])) for node in map(queries.as_read, _ordered(raw))],
            "start": raw["start"],
            "problems": problems,
            "general": problems.get("", []),
            "chosen": chosen,
            "is_known": chosen in nodes,
            "node_form": NodeForm(initial=initial),
            "stamp": stamp(known),
            "versions": _versions(known),
            "events": changes.told(known.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN]),
            "file_form": FileForm(),
        }
    return render(request, PAGE, context | more, status=status)


def _ordered(raw: dict[str, Any]) -> list[tree.Node]:
    return [] if tree.shape(raw) else tree.read(raw).order()


def _versions(known: Script) -> list[tuple[ScriptVersion, list[tuple[str, str]]]]:
    """Versions, each with what differs from the one before it."""
    rows = list(known.versions.select_related("by")[: SHOWN + 1])
    older: list[ScriptVersion | None] = [*rows[1:], *([None] if rows else [])]
    return [
        (row, differences(before.tree if before else {"nodes": {}}, row.tree))
        for row, before in zip(rows, older, strict=True)
    ][:SHOWN]


@require_POST
@needs(permissions.EDIT)
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Write one node of the draft."""
    known, form = _script(pk), NodeForm(request.POST)
    if form.is_valid():
        key, was, seen = (form.cleaned_data[name] for name in ("key", "was", "seen"))
        try:
            actions.save_node(script=known, key=key, was=was, node=form.node(), seen=seen, by=request.user)
        except actions.DraftChanged as error:
            known = _script(pk)
            form = form.again(draft_of(known)["nodes"])
            into_form(form, error)
        except DomainError as error:
            into_form(form, error)
        else:
            return redirect(f"{_url(pk)}?node={key}")
    return _page(request, known, node=form.data.get("was", ""), node_form=form, status=422)


def _url(pk: int) -> str:
    return f"/settings/scripts/{pk}/"


@require_POST
@needs(permissions.EDIT)
def remove(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    actions.remove_node(script=_script(pk), key=key, seen=request.POST.get("seen"), by=request.user)
    return redirect(_url(pk))


@require_POST
@needs(permissions.EDIT)
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft becomes what is walked, if it is sound."""
    version = actions.publish(script=_script(pk), seen=request.POST.get("seen"), by=request.user)
    messages.success(request, _("Version %(n)d is walked from now on.") % {"n": version.number})
    return redirect(_url(pk))


@require_POST
@needs(permissions.EDIT)
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    actions.drop_draft(script=_script(pk), by=request.user)
    messages.success(request, _("The draft is thrown away."))
    return redirect(_url(pk))


@require_POST
@needs(permissions.EDIT)
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    known, number = _script(pk), request.POST.get("version", "")
    version = get_object_or_404(known.versions, number=int(number) if number.isdecimal() and len(number) < 9 else 0)
    actions.restore(script=known, version=version, by=request.user)
    messages.success(request, _("Version %(n)d is the draft now: publish it to walk it again.") % {"n": version.number})
    return redirect(_url(pk))


@require_safe
@needs(permissions.EDIT)
def rehearse(request: StaffRequest, pk: int) -> HttpResponse:
    """Walk the draft without writing anything: the answers stand in the address."""
    known = _script(pk)
    raw, given = draft_of(known), request.GET.getlist("a")[: tree.MOST_NODES]
    if tree.shape(raw) or raw["start"] not in raw["nodes"]:
        return redirect(_url(pk))
    shown = tree.read(raw)
    nodes = {key: queries.as_read(one) for key, one in shown.nodes.items()}
    node, path = nodes[shown.start], []
    for key in given:
        chosen = node.answer(key) or (node.answers[0] if node.input and node.answers else None)
        to = node.next if node.leaf and key == "next" else chosen.to if chosen else ""
        if to not in nodes:
            break
        path.append((node, chosen))
        node = nodes[to]
    query = "".join(f"a={key}&" for key in given[: len(path)])
    knower = facts.KNOWN.get(node.fact)
    context = {
        "script": known,
        "node": node,
        "path": path,
        "query": query,
        "known": knower.title if knower else "",
        "ending": dict(Leaf.choices).get(node.leaf, node.leaf),
    }
    return render(request, "guidance/try.html", context)


@require_safe
@needs(permissions.EDIT)
def heat(request: StaffRequest, pk: int) -> HttpResponse:
    """Where a version works and where it does not: the one that is walked, or `?version=`."""
    known, asked = _script(pk), request.GET.get("days", "30")
    days = int(asked) if asked in map(str, PERIODS) else 30
    versions = list(known.versions.all())
    numbered = {str(one.number): one for one in versions}
    version = numbered.get(request.GET.get("version", ""), known.published)
    ends = queries.ends(version, days=days)
    labels = {**dict(Leaf.choices), "": _("Not ended")}
    context = {
        "script": known,
        "version": version,
        "versions": versions,
        "rows": queries.heat(version, days=days),
        "ends": [(labels.get(leaf, leaf), number) for leaf, number in sorted(ends.items(), key=lambda one: -one[1])],
        "total": sum(ends.values()),
        "days": days,
        "periods": PERIODS,
    }
    return render(request, "guidance/heat.html", context)


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """The tree as a file, and back into the draft: the whole of it, or nothing with all that is wrong."""
    known = _script(pk)
    if request.method == "GET":
        text = json.dumps(draft_of(known), ensure_ascii=False, indent=2)
        head = {"Content-Disposition": f'attachment; filename="{known.key}.json"'}
        return HttpResponse(text, content_type="application/json", headers=head)
    form = FileForm(request.POST, request.FILES)
    wrong: list[str] = []
    if form.is_valid():
        try:
            actions.load_draft(script=known, raw=form.cleaned_data["file"], by=request.user)
        except actions.BadTree as error:
            wrong = [said(problem) for problem in error.problems]
            form.add_error("file", _("Nothing is taken: mend these first."))
        else:
            messages.success(request, _("The file is the draft now: look at it, then publish."))
            return redirect(_url(pk))
    return _page(request, known, file_form=form, wrong=wrong[:SHOWN], status=422)
