"""FHIR R4 in: bundles and resources of other systems become records. README.md says how."""
