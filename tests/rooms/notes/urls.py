from django.urls import path

from tests.rooms.notes import pages

app_name = "notes"
urlpatterns = [
    path("", pages.note_list, name="list"),
    path("add-up/", pages.add_up, name="add-up"),
    path("export/", pages.export, name="export"),
    path("<uuid:note>/edit/", pages.edit, name="edit"),
]
