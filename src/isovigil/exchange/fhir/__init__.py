"""How do FHIR R4 resources become dated facts, and dated facts FHIR R4 resources?"""
