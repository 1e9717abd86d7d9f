from django.urls import path

from billing import views

urlpatterns = [
    path("", views.questions, name="questions"),
    path("<int:pk>/", views.question, name="question"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("reasons/", views.reasons, name="reasons"),
    path("reasons/<int:pk>/", views.reasons, name="reason"),
    path("reasons/new/", views.save_reason, name="new_reason"),
    path("reasons/<int:pk>/save/", views.save_reason, name="save_reason"),
    path("limit/", views.day_limit, name="day_limit"),
    path("readings/", views.readings, name="readings"),
]
