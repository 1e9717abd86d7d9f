from django.urls import include, path

from tickets import views
from tickets.views import promises, relations, time

work = [
    path("", views.board, name="board"),
    path("home/", views.home, name="home"),
    path("bulk/", views.many, name="many"),
    path("export/csv/", views.export_csv, name="export_csv"),
    path("export/xlsx/", views.export_xlsx, name="export_xlsx"),
    path("views/", views.save_view, name="save_view"),
    path("views/<int:pk>/remove/", views.remove_view, name="remove_view"),
    path("views/<int:pk>/restore/", views.restore_view, name="restore_view"),
    path("views/<int:pk>/move/", views.move_view, name="move_view"),
    path("mentions/", views.my_mentions, name="mentions"),
    path("<str:number>/", views.ticket, name="ticket"),
    path("<str:number>/history/", views.history, name="history"),
    path("<str:number>/take/", views.take, name="take"),
    path("<str:number>/take-over/", views.take_over, name="take_over"),
    path("<str:number>/colleagues/", views.colleagues, name="colleagues"),
    path("<str:number>/give/", views.give, name="give"),
    path("<str:number>/release/", views.release, name="release"),
    path("<str:number>/hand-over/", views.hand_over, name="hand_over"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/comment/", views.comment, name="comment"),
    path("<str:number>/resolve/", views.resolve, name="resolve"),
    path("<str:number>/reopen/", views.reopen, name="reopen"),
    path("<str:number>/again/", views.open_again, name="open_again"),
]
bound = [
    path("<str:number>/merge/", relations.merge, name="merge"),
    path("<str:number>/merge/undo/", relations.undo_merge, name="undo_merge"),
    path("<str:number>/split/", relations.split, name="split"),
    path("<str:number>/links/", relations.add_link, name="add_link"),
    path("<str:number>/links/<int:pk>/remove/", relations.remove_link, name="remove_link"),
    path("<str:number>/detach/", relations.detach, name="detach"),
    path("<str:number>/children/", relations.children, name="children"),
    path("<str:number>/children/attach/", relations.attach_children, name="attach_children"),
    path("<str:number>/children/answer/", relations.answer_children, name="answer_children"),
    path("<str:number>/time/", time.time, name="time"),
    path("<str:number>/time/add/", time.add_time, name="add_time"),
    path("<str:number>/time/<int:pk>/take-back/", time.take_back_time, name="take_back_time"),
]
talk = [
    path("<str:number>/reply/", views.reply, name="reply"),
    path("<str:number>/take-back/", views.take_back, name="take_back"),
    path("<str:number>/retry/", views.retry, name="retry"),
    path("<str:number>/draft/", views.draft, name="draft"),
    path("<str:number>/texts/", views.texts, name="texts"),
    path("<str:number>/people/", views.people, name="people"),
    path("<str:number>/files/", views.add_file, name="add_file"),
    path("<str:number>/files/remove/", views.remove_file, name="remove_file"),
    path("<str:number>/files/<int:pk>/", views.file, name="file"),
    path("<str:number>/presence/", views.presence, name="presence"),
    path("<str:number>/leave/", views.leave, name="leave"),
]
# The supervisor's pages about how tickets work.
settings = [
    path("exports/", views.exports, name="exports"),
    path("desks/", views.policies, name="policies"),
    path("desks/<str:desk>/", views.policy, name="policy"),
    path("promises/", promises.promises, name="promises"),
    path("promises/new/", promises.promise, name="new_promise"),
    path("promises/<int:policy_id>/", promises.promise, name="promise"),
    path("promises/<int:policy_id>/retire/", promises.retire_promise, name="retire_promise"),
    path("promises/steps/", promises.add_step, name="add_step"),
    path("promises/steps/<int:step_id>/remove/", promises.remove_step, name="remove_step"),
    path("calendars/", promises.calendars, name="calendars"),
    path("calendars/<int:calendar_id>/", promises.calendar, name="calendar"),
    path("calendars/<int:calendar_id>/days/", promises.set_day, name="set_day"),
    path("calendars/days/<int:day_id>/forget/", promises.forget_day, name="forget_day"),
    path("texts/", views.texts_settings, name="texts_settings"),
    path("texts/<int:pk>/", views.texts_settings, name="text"),
]
urlpatterns = [
    path("find/", views.find, name="find"),
    path("tickets/", include([*work, *bound, *talk])),
    path("settings/", include(settings)),
]
