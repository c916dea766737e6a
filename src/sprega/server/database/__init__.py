# SPDX-License-Identifier: EUPL-1.2
"""The database: an embedded PostgreSQL of our own, and the roles of a cluster on any PostgreSQL."""
