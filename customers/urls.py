from django.urls import path

from customers import views

urlpatterns = [
    path("", views.personal_data, name="personal_data"),
    path("readings/", views.readings, name="readings"),
    path("acts/<int:act_id>/", views.act, name="act"),
    path("acts/<int:act_id>/document.json", views.act_document, name="act_document"),
    path("of/<str:account>/", views.subscriber_data, name="subscriber_data"),
    path("of/<str:account>/export/", views.export, name="export"),
    path("of/<str:account>/erase/", views.erase, name="erase"),
    path("of/<str:account>/erase/confirm/", views.confirm, name="confirm_erasure"),
    path("of/<str:account>/erase/cancel/", views.cancel, name="cancel_erasure"),
]
