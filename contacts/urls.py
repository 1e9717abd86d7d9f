from django.urls import path

from contacts import views

urlpatterns = [
    path("", views.topics, name="topics"),
    path("<int:pk>/", views.topics, name="topic"),
    path("groups/new/", views.group, name="new_group"),
    path("groups/<int:pk>/", views.group, name="group"),
]
