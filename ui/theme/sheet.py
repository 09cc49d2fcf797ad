"""Palette and style sheet from the tokens, and the type that comes with the program."""

from __future__ import annotations

from importlib import resources

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import tokens as t

FAMILY = "DejaVu Sans Condensed"
_FONTS = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf")


def dress(application: QApplication) -> None:
    """Give the application its look; the same on every machine, whatever its desktop."""
    for name in _FONTS:
        QFontDatabase.addApplicationFontFromData((resources.files("resources") / "fonts" / name).read_bytes())
    font = QFont(FAMILY)
    font.setPixelSize(t.BODY)
    application.setStyle("Fusion")
    application.setFont(font)
    application.setPalette(palette())
    application.setStyleSheet(SHEET)


def palette() -> QPalette:
    """Light on every desktop: the screen is read in sunlit vans."""
    colours = {
        QPalette.ColorRole.Window: t.GROUND,
        QPalette.ColorRole.WindowText: t.INK,
        QPalette.ColorRole.Base: t.SURFACE,
        QPalette.ColorRole.AlternateBase: t.GROUND,
        QPalette.ColorRole.Text: t.INK,
        QPalette.ColorRole.Button: t.SURFACE,
        QPalette.ColorRole.ButtonText: t.INK,
        QPalette.ColorRole.Highlight: t.ACCENT,
        QPalette.ColorRole.HighlightedText: t.SURFACE,
        QPalette.ColorRole.PlaceholderText: t.INK_FAINT,
        QPalette.ColorRole.ToolTipBase: t.INK,
        QPalette.ColorRole.ToolTipText: t.SURFACE,
    }
    result = QPalette()
    for role, colour in colours.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.INK_FAINT))
    return result


SHEET = f"""
QLabel[role="small"] {{ font-size: {t.SMALL}px; color: {t.INK_SOFT}; }}
QLabel[role="soft"] {{ color: {t.INK_SOFT}; }}
QLabel[role="strong"] {{ font-weight: bold; }}
QLabel[role="lead"] {{ font-size: {t.LEAD}px; }}
QLabel[role="leadstrong"] {{ font-size: {t.LEAD}px; font-weight: bold; }}
QLabel[role="title"] {{ font-size: {t.TITLE}px; font-weight: bold; }}
QLabel[role="loud"] {{ font-size: {t.LOUD}px; font-weight: bold; }}
QLabel[role="error"] {{ font-size: {t.SMALL}px; color: {t.DANGER}; }}
QLabel[role="badge"] {{ font-size: {t.SMALL}px; font-weight: bold; padding: 4px 10px; border-radius: 4px; }}
QLabel[tone="good"] {{ color: {t.GOOD}; }}
QLabel[tone="caution"] {{ color: {t.CAUTION}; }}
QLabel[tone="danger"] {{ color: {t.DANGER}; }}
QLabel[role="badge"][tone="good"] {{ background: {t.GOOD}; color: {t.SURFACE}; }}
QLabel[role="badge"][tone="caution"] {{ background: {t.FOCUS}; color: {t.INK}; }}

QFrame[role="card"] {{ background: {t.SURFACE}; border: 1px solid {t.LINE}; border-radius: 8px; }}
QFrame[role="side"] {{ background: {t.SURFACE}; border: none; }}
QFrame[role="bar"] {{ background: {t.ACCENT_STRONG}; border: none; }}
QFrame[role="bar"] QLabel {{ color: {t.SURFACE}; }}
QFrame[role="bar"] QLabel[role="small"] {{ color: #C9DDE5; }}
QFrame[role="bar"] QLabel[role="badge"][tone="caution"] {{ color: {t.INK}; }}
QFrame[role="band"] {{ border: 1px solid transparent; border-radius: 8px; background: transparent; }}
QFrame[role="band"][tone="good"] {{ background: {t.GOOD_SOFT}; border-color: {t.GOOD}; }}
QFrame[role="band"][tone="caution"] {{ background: {t.CAUTION_SOFT}; border-color: {t.FOCUS}; }}
QFrame[role="band"][tone="danger"] {{ background: {t.DANGER_SOFT}; border-color: {t.DANGER}; }}
QFrame[role="band"][tone="info"] {{ background: {t.ACCENT_SOFT}; border-color: {t.ACCENT}; }}

QPushButton {{ min-height: {t.TARGET - 4}px; min-width: {t.TARGET - 4}px; padding: 0 16px;
    border: 2px solid {t.LINE_STRONG}; border-radius: 6px; background: {t.SURFACE}; color: {t.INK}; }}
QPushButton:hover {{ background: {t.ACCENT_SOFT}; }}
QPushButton:pressed {{ background: {t.SUNKEN}; }}
QPushButton:disabled {{ color: {t.INK_FAINT}; border-color: {t.LINE}; background: {t.GROUND}; }}
QPushButton:focus {{ min-height: {t.TARGET - 6}px; border: 3px solid {t.FOCUS}; padding: 0 15px; }}
QPushButton[role="primary"] {{ background: {t.ACCENT}; border-color: {t.ACCENT}; color: {t.SURFACE}; font-weight: bold;
    font-size: 18px; padding: 0 28px; min-height: 50px; }}
QPushButton[role="primary"]:hover {{ background: {t.ACCENT_HOVER}; }}
QPushButton[role="primary"]:pressed {{ background: {t.ACCENT_STRONG}; }}
QPushButton[role="primary"]:disabled {{ background: {t.SUNKEN}; border-color: {t.SUNKEN}; color: {t.INK_FAINT}; }}
QPushButton[role="primary"]:focus {{ min-height: 48px; border: 3px solid {t.FOCUS}; padding: 0 27px; }}
QPushButton[role="primary"][grand="true"] {{ min-height: 76px; font-size: 22px; }}
QPushButton[role="primary"][grand="true"]:focus {{ min-height: 74px; }}
QPushButton[vast="true"] {{ min-height: 100px; font-size: 30px; font-weight: bold; border-width: 3px; }}
QPushButton[role="danger"] {{ color: {t.DANGER}; border-color: {t.DANGER}; }}
QPushButton[role="danger"]:hover {{ background: {t.DANGER_SOFT}; }}
QPushButton[role="danger"]:focus {{ border-color: {t.FOCUS}; }}
QPushButton[role="quiet"] {{ border-color: transparent; background: transparent; color: {t.ACCENT}; padding: 0 10px; }}
QPushButton[role="quiet"]:hover {{ background: {t.ACCENT_SOFT}; }}
QPushButton[role="quiet"]:focus {{ border-color: {t.FOCUS}; padding: 0 9px; }}
QPushButton[role="onbar"] {{ min-width: 88px; padding: 0 12px; }}
QPushButton[role="onbar"] {{ border-color: #4B7C90; background: transparent; color: {t.SURFACE}; }}
QPushButton[role="onbar"]:hover {{ background: {t.ACCENT}; }}
QPushButton[role="onbar"]:focus {{ border-color: {t.FOCUS}; padding: 0 11px; }}
QPushButton[role="plate"] {{ border: 2px solid #4B7C90; background: transparent; padding: 0; min-width: 0; }}
QPushButton[role="plate"]:hover {{ background: {t.ACCENT}; }}
QPushButton[role="plate"]:focus {{ border: 2px solid {t.FOCUS}; padding: 0; }}
QPushButton[role="tile"] {{ text-align: left; padding: 8px 20px; min-height: 60px; }}
QPushButton[role="tile"]:focus {{ min-height: 58px; padding: 7px 19px; }}
QPushButton[role="segment"] {{ padding: 0 12px; border-radius: 0; border-color: {t.LINE_STRONG}; }}
QPushButton[role="segment"]:focus {{ padding: 0 11px; }}
QPushButton:checked {{ background: {t.ACCENT}; border-color: {t.ACCENT}; color: {t.SURFACE}; font-weight: bold; }}
QPushButton:checked:focus {{ border-color: {t.FOCUS}; }}
QPushButton[role="segment"][caution="true"]:checked {{ background: {t.CAUTION}; border-color: {t.CAUTION}; }}

QLineEdit, QComboBox {{ min-height: {t.TARGET - 4}px; padding: 0 12px; border-radius: 6px;
    border: 2px solid {t.LINE_STRONG}; background: {t.SURFACE}; color: {t.INK}; }}
QLineEdit:focus, QComboBox:focus {{ min-height: {t.TARGET - 6}px; border: 3px solid {t.FOCUS}; padding: 0 11px; }}
QLineEdit[wrong="true"], QComboBox[wrong="true"] {{ border-color: {t.DANGER}; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {t.GROUND}; color: {t.INK_FAINT}; border-color: {t.LINE}; }}
QComboBox::drop-down {{ width: 36px; border: none; }}
QComboBox QAbstractItemView {{ outline: none; selection-background-color: {t.ACCENT}; selection-color: {t.SURFACE};
    background: {t.SURFACE}; }}
QComboBox QAbstractItemView::item {{ min-height: {t.TARGET}px; padding: 0 12px; }}

QListWidget {{ border: 1px solid {t.LINE}; border-radius: 8px; background: {t.SURFACE}; outline: none; }}
QListWidget::item {{ border-bottom: 1px solid {t.LINE}; padding: 4px 12px; }}
QListWidget::item:selected {{ background: {t.ACCENT_SOFT}; color: {t.INK}; border-left: 4px solid {t.ACCENT}; }}
QListWidget:focus {{ border: 3px solid {t.FOCUS}; }}
QDialog {{ background: {t.GROUND}; }}
QProgressBar {{ border: none; border-radius: 6px; background: {t.SUNKEN}; min-height: 12px; max-height: 12px; }}
QProgressBar::chunk {{ background: {t.ACCENT}; border-radius: 6px; }}
"""
