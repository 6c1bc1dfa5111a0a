"""Frozen in the place of PySide6's module of this name: pyqtgraph imports it, and uses it only where it draws with
OpenGL, which it is told not to. The real one and its libraries are 10 MB."""
