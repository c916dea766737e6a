# SPDX-License-Identifier: EUPL-1.2
"""The API: the same actions and queries for programs, which bring a person's token instead of a session."""
