"""Frozen in the place of PySide6's module of this name: pyqtgraph derives a class from its widget and makes none."""

from PySide6.QtWidgets import QWidget as QOpenGLWidget

__all__ = ["QOpenGLWidget"]
