from django import forms


class NoteForm(forms.Form):
    """A note as it is typed, and the version that was on the screen."""

    text = forms.CharField(label="Text", max_length=500)
    tonnes = forms.DecimalField(label="Quantity (t)", max_digits=12, decimal_places=3)
    version = forms.IntegerField(widget=forms.HiddenInput())
