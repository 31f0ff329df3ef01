"""Which codes of LOINC, RxNorm, NDC, ICD-10-CM, ATC, UCUM and SNOMED CT are read, and what each means here? Data only."""
