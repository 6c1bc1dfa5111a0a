"""The wire of Huawei Cloud video analysis: VIAS, and the IVA family (VAS, CampusGo)."""
