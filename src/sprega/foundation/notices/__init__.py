# SPDX-License-Identifier: EUPL-1.2
"""Notices: what a person should know, in their language, on their page and as they wish by mail."""
