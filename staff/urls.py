from django.urls import path

from staff import views

urlpatterns = [
    path("", views.home, name="home"),
    path("notices/", views.notices, name="notices"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/seen/", views.see_notices, name="see_notices"),
    path("notices/<int:notice_id>/", views.open_notice, name="open_notice"),
    path("settings/", views.settings, name="settings"),
    path("presence/", views.presence, name="presence"),
    path("security/elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("people/<int:user_id>/reset/", views.reset_sign_in, name="reset_sign_in"),
]
