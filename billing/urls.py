"""The finance desk's addresses, a list for each of its pages' namespaces."""

from django.urls import include, path

from billing.views import (
    accounts,
    applications,
    compensations,
    deeds,
    front_desk,
    handed,
    letters,
    questions,
    readings,
    reasons,
    reports,
    statements,
    typed,
)

billing_pages = [
    path("", accounts.accounts, name="accounts"),
    path("<str:account_number>/", accounts.account, name="account"),
    path("<str:account_number>/extract/", accounts.account_extract, name="extract"),
    path("<str:account_number>/question/", questions.ask, name="ask"),
    path("<str:account_number>/payment/", deeds.pay, name="pay"),
    path("<str:account_number>/promise/", deeds.promise, name="promise"),
    path("<str:account_number>/tariff/", deeds.tariff, name="tariff"),
    path("<str:account_number>/suspend/", deeds.suspend, name="suspend"),
    path("<str:account_number>/resume/", deeds.resume, name="resume"),
    path("<str:account_number>/entries/<int:pk>/reverse/", deeds.reverse, name="reverse"),
]
questions_pages = [
    path("", questions.questions, name="questions"),
    path("<int:pk>/", questions.question, name="question"),
    path("<int:pk>/confirm/", questions.confirm, name="confirm"),
    path("<int:pk>/refuse/", questions.refuse, name="refuse"),
    path("<int:pk>/withdraw/", questions.withdraw, name="withdraw"),
    path("<int:pk>/take-back/", questions.take_back, name="take_back"),
    path("reasons/", reasons.reasons, name="reasons"),
    path("reasons/<int:pk>/", reasons.reasons, name="reason"),
    path("reasons/new/", reasons.save_reason, name="new_reason"),
    path("reasons/<int:pk>/save/", reasons.save_reason, name="save_reason"),
    path("limit/", reasons.day_limit, name="day_limit"),
    path("readings/", readings.readings, name="readings"),
]
applications_pages = [
    path("", applications.register, name="register"),
    path("<int:pk>/", applications.application, name="application"),
    path("<int:pk>/paper.pdf", applications.paper, name="paper"),
    path("<int:pk>/link/", applications.link, name="link"),
    path("<int:pk>/pages/", applications.attach, name="attach"),
    path("<int:pk>/sign/", applications.sign, name="sign"),
    path("<int:pk>/answer/", applications.answer, name="answer"),
    path("<int:pk>/pages/<int:page>/", applications.scan, name="scan"),
    path("scan/<str:token>/", applications.phone, name="phone"),
]
handed_pages = [
    path("", handed.handed, name="handed"),
    path("<str:number>/take/", handed.take, name="take"),
    path("<str:number>/return/", handed.give_back, name="return"),
]
typed_pages = [
    path("", typed.again, name="again"),
]
letters_pages = [
    path("", letters.letters, name="letters"),
]
frontdesk_pages = [
    path("", front_desk.front_desk, name="front_desk"),
    path("next/", front_desk.call_next, name="next"),
    path("<int:pk>/name/", front_desk.name, name="name"),
    path("<int:pk>/end/", front_desk.end, name="end"),
    path("appointments/<int:pk>/arrive/", front_desk.arrive, name="arrive"),
    path("appointments/<int:pk>/cancel/", front_desk.cancel, name="cancel"),
]
statements_pages = [
    path("", statements.statements, name="statements"),
    path("<int:pk>/", statements.statement, name="statement"),
    path("<int:pk>/lines/<int:line>/", statements.match, name="match"),
    path("<int:pk>/lines/<int:line>/mend/", statements.mend, name="mend"),
    path("<int:pk>/lines/<int:line>/dismiss/", statements.dismiss, name="dismiss"),
    path("reports/", reports.report, name="report"),
    path("orders.csv", reports.orders, name="orders"),
    path("orders/send/", reports.send, name="send_orders"),
]
compensation_pages = [
    path("", compensations.sheets, name="sheets"),
    path("incidents/<int:incident_id>/", compensations.make, name="make"),
    path("<int:pk>/", compensations.sheet, name="sheet"),
    path("<int:pk>/tick/", compensations.tick, name="tick"),
    path("<int:pk>/post/", compensations.post, name="post"),
    path("<int:pk>/drop/", compensations.drop, name="drop"),
    path("<int:pk>/sheet.xlsx", compensations.sheet_file, name="sheet_file"),
]

urlpatterns = [
    path("accounts/", include((billing_pages, "billing"))),
    path("questions/", include((questions_pages, "questions"))),
    path("applications/", include((applications_pages, "applications"))),
    path("handed/", include((handed_pages, "handed"))),
    path("not-sent/", include((typed_pages, "typed"))),
    path("letters/", include((letters_pages, "letters"))),
    path("front-desk/", include((frontdesk_pages, "frontdesk"))),
    path("statements/", include((statements_pages, "statements"))),
    path("compensation/", include((compensation_pages, "compensation"))),
]
