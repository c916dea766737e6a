# SPDX-License-Identifier: EUPL-1.2
"""Letters: written into the outbox in the writer's transaction, delivered by a job, bounces noted."""
