# SPDX-License-Identifier: EUPL-1.2
"""Organisations and who may act for them: access rests on both."""
