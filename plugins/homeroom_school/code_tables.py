"""The code tables of the registry."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import CodeTable, titles

ROOM_KIND: Final = CodeTable(
    "school.room_kind",
    titles("Kinds of rooms", "房間種類", "房间种类", "Loại phòng"),
    {
        "classroom": titles("Classroom", "課室", "普通教室", "Phòng học"),
        "laboratory": titles("Laboratory", "實驗室", "实验室", "Phòng thí nghiệm"),
        "computer_room": titles("Computer room", "電腦室", "机房", "Phòng máy tính"),
        "workshop": titles("Workshop", "工場", "实训室", "Xưởng thực hành"),
        "art_room": titles("Art room", "視覺藝術室", "美术室", "Phòng mĩ thuật"),
        "music_room": titles("Music room", "音樂室", "音乐室", "Phòng âm nhạc"),
        "library": titles("Library", "圖書館", "图书馆", "Thư viện"),
        "hall": titles("Hall", "禮堂", "礼堂", "Hội trường"),
        "sports_ground": titles("Sports ground", "運動場", "运动场", "Sân thể thao"),
        "gymnasium": titles("Gymnasium", "體育館", "体育馆", "Nhà thể chất"),
        "office": titles("Office", "辦公室", "办公室", "Văn phòng"),
        "other": titles("Other", "其他", "其他", "Khác"),
    },
)

STATUS_CHANGE: Final = CodeTable(
    "school.status_change",
    titles("Changes of status", "學籍異動", "学籍异动", "Biến động học sinh"),
    {
        "suspend": titles("Suspension of studies", "休學", "休学", "Tạm nghỉ học"),
        "resume": titles("Return to studies", "復學", "复学", "Trở lại học"),
        "retain": titles("Place kept", "保留學籍", "保留学籍", "Bảo lưu"),
        "hold_admission": titles("Admission kept", "保留入學資格", "保留入学资格", "Bảo lưu kết quả trúng tuyển"),
        "take_up_admission": titles("Admission taken up", "恢復入學資格", "恢复入学资格", "Nhập học sau bảo lưu"),
        "cancel_admission": titles("Admission cancelled", "取消入學資格", "取消入学资格", "Hủy kết quả trúng tuyển"),
        "transfer_out": titles("Transfer to another school", "轉校", "转学（转出）", "Chuyển trường đi"),
        "transfer_in": titles("Arrival from another school", "轉入", "转学（转入）", "Chuyển trường đến"),
        "withdraw": titles("Withdrawal", "退學", "退学", "Thôi học"),
        "expel": titles("Expulsion", "開除學籍", "开除学籍", "Buộc thôi học"),
        "graduate": titles("Graduation", "畢業", "毕业", "Tốt nghiệp, hoàn thành chương trình"),
        "complete": titles("Completion", "結業", "结业", "Kết thúc khóa học"),
        "graduate_after_completion": titles("Later graduation", "結業後畢業", "结业换毕业", "Tốt nghiệp sau"),
        "leave_unfinished": titles("Left unfinished", "肄業", "肄业", "Bỏ học"),
        "death": titles("Death", "死亡", "死亡", "Qua đời"),
        "repeat_grade": titles("Repeats the grade", "留級", "留级", "Lưu ban"),
        "move_down": titles("Moved down a grade", "降級", "降级", "Xuống lớp"),
        "skip_grade": titles("Skips a grade", "跳級", "跳级", "Học vượt lớp"),
        "extend": titles("Extension of studies", "延長修業期", "延长学制", "Kéo dài thời gian học"),
        "readmit": titles("Readmission", "重新入學", "重新入学", "Tiếp nhận lại"),
        "change_programme": titles("Change of programme", "轉專業", "转专业", "Chuyển ngành"),
    },
)

DESTINATION: Final = CodeTable(
    "school.destination",
    titles("Destinations of leavers", "離校去向", "离校去向", "Nơi đến sau khi ra trường"),
    {
        "school": titles("Another school", "升學", "升学", "Học trường khác"),
        "university": titles("University or college", "大專院校", "高等学校", "Đại học, cao đẳng"),
        "vocational": titles("Vocational training", "職業訓練", "职业教育", "Học nghề"),
        "employment": titles("Employment", "就業", "就业", "Đi làm"),
        "army": titles("Army service", "服兵役", "入伍", "Nghĩa vụ quân sự"),
        "abroad": titles("Studies abroad", "海外升學", "出国（境）", "Du học"),
        "none": titles("None yet", "待業", "待就业", "Chưa có"),
        "unknown": titles("Unknown", "不詳", "不详", "Không rõ"),
    },
)

FACILITY: Final = CodeTable(
    "school.room_facility",
    titles("Equipment of rooms", "房間設備", "房间设备", "Thiết bị phòng"),
    {
        "projector": titles("Projector", "投影機", "投影仪", "Máy chiếu"),
        "display": titles("Display", "顯示屏", "显示屏", "Màn hình"),
        "computer": titles("Computer", "電腦", "电脑", "Máy tính"),
        "sound": titles("Sound system", "音響", "音响", "Hệ thống âm thanh"),
        "air_conditioning": titles("Air conditioning", "空調", "空调", "Điều hòa"),
        "piano": titles("Piano", "鋼琴", "钢琴", "Đàn piano"),
        "step_free": titles("Step-free access", "無障礙通道", "无障碍通道", "Lối đi không bậc"),
    },
)

CODE_TABLES: Final = (ROOM_KIND, STATUS_CHANGE, DESTINATION, FACILITY)
