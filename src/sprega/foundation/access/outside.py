# SPDX-License-Identifier: EUPL-1.2
"""Tables without row-level security, each with the reason; every other table must have working policies."""

OUTSIDE_RLS = {
    # Django's
    "django_migrations": "which migrations ran; the owner of the database writes it",
    "django_content_type": "names of models",
    "django_session": "read before anybody is known: its key is the secret; no member's data is kept in it",
    "auth_permission": "Django makes it and nothing here asks it: rights follow from representations",
    "auth_group": "Django makes it and nothing here asks it",
    "auth_group_permissions": "Django makes it and nothing here asks it",
    # the ledger
    "ledger_commitment": "salted hashes, which tell nothing; whoever verifies needs all; changes are refused",
    "ledger_position": "where a hash stands in the tree; changes are refused",
    "ledger_node": "hashes of hashes; changes are refused",
    "ledger_checkpoint": "size, root and signature of the tree, for everybody; changes are refused",
    "ledger_key": "the ledger's public keys, for everybody; changes are refused",
    # the queue: identifiers of runs and mails, and no figure
    "procrastinate_jobs": "work that waits, by its number; what a run is about stands in jobs_run",
    "procrastinate_events": "when work waited, began and ended",
    "procrastinate_periodic_defers": "when work that repeats was last asked for",
    "procrastinate_workers": "signs of life of workers",
    # accounts
    "accounts_person": "name and address of those who sign in; read before anybody is known",
    "accounts_cache": "counts of attempts and other passing values; read before anybody is known",
    # allauth's
    "account_emailaddress": "addresses by which people sign in; read before anybody is known",
    "account_emailconfirmation": "unused: letters carry signed keys; allauth makes it",
    "mfa_authenticator": "second factors, encrypted; read while signing in, before anybody is known",
    "socialaccount_socialaccount": "which account at a provider is whose; read while signing in",
    "socialaccount_socialapp": "unused: providers stand in the cluster's folder; allauth makes it",
    "socialaccount_socialtoken": "unused: tokens of providers are not kept; allauth makes it",
    "usersessions_usersession": "a person's sessions, to list and end; written while signing in",
}
