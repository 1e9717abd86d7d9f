from django.urls import path

from billing.views import statements as views

urlpatterns = [
    path("", views.statements, name="statements"),
    path("<int:pk>/", views.statement, name="statement"),
    path("<int:pk>/lines/<int:line>/", views.match, name="match"),
    path("reports/", views.report, name="report"),
    path("orders.csv", views.orders, name="orders"),
]
