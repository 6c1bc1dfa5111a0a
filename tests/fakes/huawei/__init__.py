"""A Huawei Cloud of our own: IAM, VIAS and IVA as real HTTP servers, written to the contract. See `cloud`."""

from fakes.huawei.cloud import HuaweiCloud

__all__ = ["HuaweiCloud"]
