from django.urls import include, path

from messaging import views

hooks = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.new_webhook, name="new_webhook"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/secret/", views.replace_secret, name="replace_secret"),
    path("<int:pk>/test/", views.send_test, name="send_test"),
    path("deliveries/<int:pk>/replay/", views.replay, name="replay"),
]
urlpatterns = [
    path("settings/webhooks/", include(hooks)),
    path("files/<int:pk>/", views.file, name="file"),
    path("messages/demo/", views.demo, name="demo"),
    path("messages/demo/write/", views.write, name="write"),
    path("messages/demo/mood/", views.set_mood, name="set_mood"),
]
