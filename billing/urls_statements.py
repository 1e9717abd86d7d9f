from django.urls import path

from billing.views import reports
from billing.views import statements as views

urlpatterns = [
    path("", views.statements, name="statements"),
    path("<int:pk>/", views.statement, name="statement"),
    path("<int:pk>/lines/<int:line>/", views.match, name="match"),
    path("<int:pk>/lines/<int:line>/mend/", views.mend, name="mend"),
    path("<int:pk>/lines/<int:line>/dismiss/", views.dismiss, name="dismiss"),
    path("reports/", reports.report, name="report"),
    path("orders.csv", reports.orders, name="orders"),
    path("orders/send/", reports.send, name="send_orders"),
]
