"""The categories that schools start with."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import CodeTable, titles

__all__ = ["CATEGORIES", "CODE_TABLES"]

CATEGORIES: Final = CodeTable(
    "talent.category",
    titles("Categories of talents", "人才類別", "人才类别", "Loại năng khiếu"),
    {
        "language": titles("Languages", "語文", "语文", "Ngôn ngữ"),
        "mathematics": titles("Mathematics", "數學", "数学", "Toán học"),
        "science": titles("Science", "科學", "科学", "Khoa học"),
        "technology": titles("Technology", "科技", "科技", "Công nghệ"),
        "humanities": titles("Humanities", "人文學科", "人文学科", "Khoa học xã hội"),
        "violin": titles("Violin", "小提琴", "小提琴", "Vĩ cầm"),
        "piano": titles("Piano", "鋼琴", "钢琴", "Dương cầm"),
        "music": titles("Other music", "其他音樂", "其他音乐", "Âm nhạc khác"),
        "speech": titles("Speech and drama", "朗誦及戲劇", "朗诵及戏剧", "Diễn thuyết và kịch"),
        "dance": titles("Dance", "舞蹈", "舞蹈", "Múa"),
        "visual_arts": titles("Visual arts", "視覺藝術", "视觉艺术", "Mĩ thuật"),
        "chess": titles("Chess", "棋藝", "棋艺", "Cờ"),
        "athletics": titles("Athletics", "田徑", "田径", "Điền kinh"),
        "swimming": titles("Swimming", "游泳", "游泳", "Bơi lội"),
        "ball_games": titles("Ball games", "球類", "球类", "Các môn bóng"),
        "martial_arts": titles("Martial arts", "武術", "武术", "Võ thuật"),
        "service": titles("Service", "服務", "服务", "Hoạt động phục vụ"),
        "leadership": titles("Leadership", "領導才能", "领导才能", "Năng lực lãnh đạo"),
        "other": titles("Other", "其他", "其他", "Khác"),
    },
)

CODE_TABLES: Final = (CATEGORIES,)
