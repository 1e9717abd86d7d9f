from django.urls import path

from tickets import views

urlpatterns = [
    path("", views.board, name="board"),
    path("<str:number>/", views.ticket, name="ticket"),
    path("<str:number>/take/", views.take, name="take"),
    path("<str:number>/hand-over/", views.hand_over, name="hand_over"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/comment/", views.comment, name="comment"),
    path("<str:number>/resolve/", views.resolve, name="resolve"),
    path("<str:number>/reopen/", views.reopen, name="reopen"),
]
