"""The record: enrollment, store, packet, documents, audit."""
