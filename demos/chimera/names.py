"""Names of what one can choose: drawings, parts of creatures; in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

# Names of the drawings that a visitor may start from; the keys are file names in examples/.
drawings = Scope(
    "drawings",
    {
        "chimera": ("Chimera", "キメラ", "키메라"),
        "griffin": ("Griffin", "グリフォン", "그리핀"),
        "pegasus": ("Pegasus", "ペガサス", "페가수스"),
        "kirin": ("Kirin", "麒麟", "기린(麒麟)"),
        "merhorse": ("Merhorse", "人魚馬", "인어 말"),
        "cerberus": ("Three-headed dog", "三つ頭の犬", "머리 셋 달린 개"),
        "jackalope": ("Antlered hare", "角のあるうさぎ", "뿔 달린 토끼"),
        "winged_cat": ("Winged cat", "翼のある猫", "날개 달린 고양이"),
        "elephant_fish": ("Elephant fish", "象魚", "코끼리 물고기"),
        "giraffe_bird": ("Giraffe bird", "キリン鳥", "기린 새"),
    },
)

# Parts of the creature builder; the keys are the builder's.
parts = Scope(
    "parts",
    {
        "lion_head": ("Lion's head", "ライオンの頭", "사자 머리"),
        "goat_head": ("Goat's head", "ヤギの頭", "염소 머리"),
        "eagle_head": ("Eagle's head", "ワシの頭", "독수리 머리"),
        "horse_head": ("Horse's head", "馬の頭", "말 머리"),
        "cat_head": ("Cat's head", "猫の頭", "고양이 머리"),
        "dog_head": ("Dog's head", "犬の頭", "개 머리"),
        "elephant_head": ("Elephant's head", "象の頭", "코끼리 머리"),
        "giraffe_head": ("Giraffe's head", "キリンの頭", "기린 머리"),
        "hare_head": ("Hare's head", "うさぎの頭", "토끼 머리"),
        "bird_head": ("Bird's head", "鳥の頭", "새 머리"),
        "fish_head": ("Fish's head", "魚の頭", "물고기 머리"),
        "lion_body": ("Lion's body", "ライオンの胴", "사자 몸통"),
        "horse_body": ("Horse's body", "馬の胴", "말 몸통"),
        "dog_body": ("Dog's body", "犬の胴", "개 몸통"),
        "elephant_body": ("Elephant's body", "象の胴", "코끼리 몸통"),
        "hare_body": ("Hare's body", "うさぎの胴", "토끼 몸통"),
        "bird_body": ("Bird's body", "鳥の胴", "새 몸통"),
        "fish_body": ("Fish's body", "魚の胴", "물고기 몸통"),
        "snake_tail": ("Snake for a tail", "蛇の尾", "뱀 꼬리"),
        "lion_tail": ("Lion's tail", "ライオンの尾", "사자 꼬리"),
        "horse_tail": ("Horse's tail", "馬の尾", "말 꼬리"),
        "dog_tail": ("Dog's tail", "犬の尾", "개 꼬리"),
        "cat_tail": ("Cat's tail", "猫の尾", "고양이 꼬리"),
        "elephant_tail": ("Elephant's tail", "象の尾", "코끼리 꼬리"),
        "wing": ("Wing", "翼", "날개"),
        "antlers": ("Antlers", "枝角", "가지뿔"),
        "horn": ("Horn", "一本角", "외뿔"),
    },
)
