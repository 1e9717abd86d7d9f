from django.urls import path

from staff import views

urlpatterns = [
    path("", views.home, name="home"),
    path("settings/", views.settings, name="settings"),
    path("presence/", views.presence, name="presence"),
    path("security/elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("people/<int:user_id>/reset/", views.reset_sign_in, name="reset_sign_in"),
]
