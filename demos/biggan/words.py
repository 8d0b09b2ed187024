"""The sentences of the BigGAN tab, in English, Japanese and Korean, and the names of CIFAR-100's superclasses."""

from __future__ import annotations

from demos.shared.words import Scope

say = Scope(
    "biggan",
    {
        "tab": ("BigGAN", "BigGAN モデル", "BigGAN 모델"),
        "big_intro": (
            "Small pictures of a kind, from noise: BigGAN and the twenty superclasses of CIFAR-100.",
            "ノイズから、種類を選んで小さな画像を作ります。BigGANとCIFAR-100の20の上位クラス。",
            "노이즈에서 종류별로 작은 그림을 만듭니다. BigGAN과 CIFAR-100의 20개 상위 클래스.",
        ),
        "big_pictures": ("Pictures", "画像", "그림"),
        "big_morph": ("Morph", "モーフィング", "모핑"),
        "big_walk": ("Truncation", "切断", "절단"),
        "big_good": ("How good?", "どれほど良い?", "얼마나 좋은가?"),
        "big_pick": (
            "Press a picture to add its class or take it away",
            "画像を押すとそのクラスを加えたり外したりできます",
            "그림을 누르면 그 클래스를 더하거나 뺍니다",
        ),
        "big_classes": ("Classes", "クラス", "클래스"),
        "big_classes_info": ("None: all of them.", "空なら全部。", "비우면 전부."),
        "big_count": ("Pictures of each", "各クラスの枚数", "클래스마다 그림 수"),
        "big_truncation": ("Truncation", "切断", "절단"),
        "big_truncation_info": (
            "Bound of the noise. Less: safer and more alike; more: stranger.",
            "ノイズの上限。下げると無難で似通い、上げると奇妙になります。",
            "노이즈의 한계. 낮추면 안전하고 비슷하게, 높이면 이상하게.",
        ),
        "big_draw": ("Draw", "作る", "만들기"),
        "big_press": (
            "Press a picture to see it large and to keep it.",
            "画像を押すと大きくなり、残せます。",
            "그림을 누르면 크게 보이고 남습니다.",
        ),
        "big_large": (
            "Drag the handle: left its pixels, right smoothed",
            "つまみを動かす:左は画素のまま、右は滑らかに",
            "손잡이를 움직이세요: 왼쪽은 픽셀 그대로, 오른쪽은 매끄럽게",
        ),
        "big_near": (
            "The training pictures nearest to it: nothing should be a copy",
            "最も近い学習画像。写しであってはなりません",
            "가장 가까운 학습 그림. 베낀 것이어서는 안 됩니다",
        ),
        "big_near_none": (
            "They are shown where the data is on this machine (Admin: a data set with CIFAR-100's classes) and has "
            "been read.",
            "学習データがこのマシンにあり(管理でCIFAR-100のクラスを持つデータセット)、読み込みが済むと表示します。",
            "학습 데이터가 이 기계에 있고(관리에서 CIFAR-100 클래스의 데이터셋) 다 읽으면 보여 줍니다.",
        ),
        "big_kept": ("Pictures you kept", "残した画像", "남긴 그림"),
        "big_download": ("Download PNG", "PNGで保存", "PNG로 저장"),
        "big_from": ("From", "始点", "처음"),
        "big_to": ("To", "終点", "끝"),
        "big_from_seed": ("First seed", "最初のシード", "첫 시드"),
        "big_to_seed": ("Last seed", "最後のシード", "마지막 시드"),
        "big_go": ("Morph", "モーフィングする", "모핑하기"),
        "big_animation": ("There and back", "行って戻る", "갔다가 돌아오기"),
        "big_film": ("On its way", "途中の画像", "가는 길"),
        "big_walk_caption": (
            "One draw, its noise bounded more and more widely: from what is typical to what is strange",
            "同じ抽出でノイズの上限を広げていく:典型的なものから奇妙なものへ",
            "같은 추출에서 노이즈의 한계를 넓혀 갑니다: 전형적인 것에서 이상한 것으로",
        ),
        "big_walk_class": ("Class", "クラス", "클래스"),
        "big_walk_seed": ("Seed", "シード", "시드"),
        "big_walked": ("From {low} to {high}", "{low}から{high}まで", "{low}에서 {high}까지"),
        "big_good_text": (
            "What was measured of these weights, on {n} samples without truncation and {n_real} pictures that trained "
            "nothing. Floor: training pictures; ceiling: blurred ones.",
            "この重みの測定値。切断なしのサンプル{n}枚と、学習に使っていない画像{n_real}枚で。下限は学習画像、上限はぼかした画像。",
            "이 가중치를 잰 값. 절단 없는 표본 {n}장과 학습에 쓰지 않은 그림 {n_real}장으로. "
            "하한은 학습 그림, 상한은 흐린 그림.",
        ),
        "big_samples": ("samples", "サンプル", "표본"),
        "big_real": ("real", "実物", "실제"),
        "big_floor": ("floor", "下限", "하한"),
        "big_ceiling": ("ceiling", "上限", "상한"),
        "big_good_none": (
            "Nothing was measured of these weights.",
            "この重みには測定値がありません。",
            "이 가중치에는 잰 값이 없습니다.",
        ),
        "class_aquatic_mammals": ("aquatic mammals", "水生哺乳類", "수생 포유류"),
        "class_fish": ("fish", "魚", "물고기"),
        "class_flowers": ("flowers", "花", "꽃"),
        "class_food_containers": ("food containers", "食器と容器", "식품 용기"),
        "class_fruit_and_vegetables": ("fruit and vegetables", "果物と野菜", "과일과 채소"),
        "class_household_electrical_devices": ("household electrical devices", "家庭用電気機器", "가정용 전기 기기"),
        "class_household_furniture": ("household furniture", "家具", "가구"),
        "class_insects": ("insects", "昆虫", "곤충"),
        "class_large_carnivores": ("large carnivores", "大型肉食動物", "대형 육식 동물"),
        "class_large_man_made_outdoor_things": ("large man-made outdoor things", "大きな人工物", "큰 인공 구조물"),
        "class_large_natural_outdoor_scenes": ("large natural outdoor scenes", "雄大な自然の風景", "큰 자연 풍경"),
        "class_large_omnivores_and_herbivores": (
            "large omnivores and herbivores",
            "大型の雑食・草食動物",
            "대형 잡식·초식 동물",
        ),
        "class_medium_mammals": ("medium mammals", "中型哺乳類", "중형 포유류"),
        "class_non_insect_invertebrates": (
            "non-insect invertebrates",
            "昆虫以外の無脊椎動物",
            "곤충이 아닌 무척추동물",
        ),
        "class_people": ("people", "人", "사람"),
        "class_reptiles": ("reptiles", "爬虫類", "파충류"),
        "class_small_mammals": ("small mammals", "小型哺乳類", "소형 포유류"),
        "class_trees": ("trees", "木", "나무"),
        "class_vehicles_1": ("vehicles, everyday", "日常の乗り物", "일상의 탈것"),
        "class_vehicles_2": ("vehicles, special", "特殊な乗り物", "특수한 탈것"),
    },
)
