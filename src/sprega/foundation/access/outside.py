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
