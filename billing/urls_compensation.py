from django.urls import path

from billing.views import compensations as views

urlpatterns = [
    path("", views.sheets, name="sheets"),
    path("incidents/<int:incident_id>/", views.make, name="make"),
    path("<int:pk>/", views.sheet, name="sheet"),
    path("<int:pk>/tick/", views.tick, name="tick"),
    path("<int:pk>/post/", views.post, name="post"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/sheet.xlsx", views.sheet_file, name="sheet_file"),
]
